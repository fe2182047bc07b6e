import { Field, Input } from "@/components/ui/field";
import { passwordLength } from "../password";

interface NewPasswordFieldProps {
  /** The field's name in the form. */
  name: string;
  label: string;
  error?: string | undefined;
  autoFocus?: boolean;
}

/** Where somebody chooses a password. */
export function NewPasswordField({ name, label, error, autoFocus = false }: NewPasswordFieldProps) {
  return (
    <Field label={label} description={`At least ${passwordLength.min} characters`} error={error}>
      <Input
        name={name}
        type="password"
        autoComplete="new-password"
        minLength={passwordLength.min}
        maxLength={passwordLength.max}
        required
        autoFocus={autoFocus}
      />
    </Field>
  );
}
