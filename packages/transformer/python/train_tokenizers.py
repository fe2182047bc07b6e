"""Trains small tokenizers of every kind on the sentences below, and writes what Python's tokenizers make of odd texts.

    python train_tokenizers.py ../test/data/tokenizers && npx biome check --write ../test/data

One folder a kind: tokenizer.json and tokenizer_config.json, as transformers saves them, and expected.json. The sentences are
our own, so that the tokenizers are, too.
"""

import json
import shutil
import sys
from pathlib import Path

import tokenizers
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SENTENCES = [
    "A labeler ranks four completions of one prompt, best first, and ties are allowed.",
    "The reward model learns from comparisons; a margin is optional.",
    "def add(a, b):\n    return a + b  # adds\n",
    "Straße, café, naïve, façade, Ünïcödé and ελληνικά are words as well.",
    "東京 is far away. 2026-11-22, 3.14159, 50%, $5,000.00 and #42.",
    "It's not what they'd expected: she'll wait, he can't, we're done!",
    "<b>bold</b> & 'quoted' \"text\" {json: [1, 2, 3]}",
    "I am sorry, I can not help with that. How can I help you today?",
] * 8

TEXTS = [
    "",
    " ",
    "\n",
    "x",
    "A labeler ranks four completions.",
    "  leading,   inner  and trailing spaces   ",
    "line one\nline two\r\n\n\tindented\ttabs\n\n\n\nmany",
    "It's what they'd SAID: can't, WON'T, we're, I'm, you've; 'tis.",
    "Straße café naïve Ünïcödé e\u0301 \ufb01ne \u2460\u2461 \uff46\uff55\uff4c\uff4c",
    "東京は日本の首都です。 한국어 русский العربية हिन्दी",
    "😀 👩‍👩‍👧 🇫🇷 🏳️‍🌈 \u200b zero width \u00a0nbsp \u3000ideographic",
    "control \u0000\u0001\u0007 characters \ufffd and \ufeff marks",
    "def f(x):\n    if x <= 10:\n        return x ** 2  # ok\n    return [i for i in range(3)]",
    "1234567890 12,345.67 1e-5 0x1F v2.0.1 2026-11-22T10:00:00Z",
    "http://www.example.org/a?b=c&d=e#f a@b.com @name #tag C:\\path\\file",
    "<s> </s> <pad> [CLS] [SEP] [MASK] <|im_start|>user <|endoftext|> <unk>",
    "a<sep>b <tool> c<tool>d  <tool>  e",
    "Supercalifragilisticexpialidocious antidisestablishmentarianism " + "a" * 120,
    "ALL CAPS and MiXeD cAsE ÀÉÎ",
    "..........!!!!!!?????-----_____ ~~~ ``` ''' \"\"\"",
    "▁ meta ▁▁ symbols Ġ and ## pieces ##ing",
]

# transformers takes an empty second text for none at all, where Borda's row of an empty completion is still a pair.
PAIRS = [(TEXTS[4], TEXTS[8]), (TEXTS[12], TEXTS[10]), (TEXTS[15], TEXTS[16]), ("", "alone")]

CHATS = [
    [{"role": "user", "content": "How are you?"}],
    [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!\n"}],
    [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "  What's 2 + 2?  "},
        {"role": "assistant", "content": "4"},
        {"role": "user", "content": "日本語で 😀"},
    ],
    [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "<s> </s>"}],
]

#: Templates in the manner of well-known models, in our own words.
TEMPLATES = {
    "llama": (
        "{{- bos_token }}"
        "{%- for message in messages %}"
        "{{- '<|start|>' + message['role'] + '<|end|>\\n\\n' + message['content'] | trim + '<|turn|>' }}"
        "{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|start|>assistant<|end|>\\n\\n' }}{%- endif %}"
    ),
    "qwen": (
        "{%- if messages[0].role != 'system' %}{{- '<|start|>system\\nYou are helpful.<|turn|>\\n' }}{%- endif %}"
        "{%- for message in messages %}"
        "{%- set content = message.content if message.content is string else '' %}"
        "{{- '<|start|>' ~ message.role ~ '\\n' ~ content ~ '<|turn|>' ~ '\\n' }}"
        "{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|start|>assistant\\n' }}{%- endif %}"
    ),
    "mistral": (
        "{%- if messages[0]['role'] == 'system' %}"
        "{%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %}"
        "{%- else %}{%- set turns = messages %}{%- endif %}"
        "{{- bos_token }}"
        "{%- for message in turns %}"
        "{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{- raise_exception('Roles must alternate.') }}{%- endif %}"
        "{%- if message['role'] == 'user' %}"
        "{%- if loop.last and system is defined %}"
        "{{- '[INST] ' + system + '\\n\\n' + message['content'] + ' [/INST]' }}"
        "{%- else %}{{- '[INST] ' + message['content'] + ' [/INST]' }}{%- endif %}"
        "{%- else %}{{- ' ' + message['content'] + eos_token }}{%- endif %}"
        "{%- endfor %}"
    ),
    "gemma": (
        "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
        "{% for message in messages %}"
        "{% if message['role'] == 'assistant' %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}"
        "{{ '<|start|>' + role + '\\n' + message['content'] | trim + '<|turn|>\\n' }}"
        "{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|start|>model\\n' }}{% endif %}"
    ),
}
MARKERS = ["<|start|>", "<|end|>", "<|turn|>"]


def wordpiece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(SENTENCES, trainers.WordPieceTrainer(vocab_size=300, special_tokens=special))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer, dict(
        unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]"
    )


def byte_level(template_of, pattern=None, **processor):
    """GPT-2's, or with a pattern of its own Llama 3's and Qwen's."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=pattern is not None))
    tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(tokenizers.Regex(pattern), "isolated") if pattern else None
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=pattern is None)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, level]) if split else level
    special = ["<s>", "</s>", "<pad>", *MARKERS]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.decoder = decoders.ByteLevel()
    if processor:
        tokenizer.post_processor = processors.TemplateProcessing(**processor, special_tokens=[("<s>", 0)])
    return tokenizer, dict(bos_token="<s>", eos_token="</s>", pad_token="<pad>", chat_template=TEMPLATES[template_of])


def byte_fallback(template_of):
    """Llama 2's, Mistral's and Gemma's: no bytes but for what the vocabulary lacks, and words begin with ▁."""
    bytes_ = [f"<0x{i:02X}>" for i in range(256)]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    special = ["<unk>", "<s>", "</s>", *bytes_, *MARKERS]
    trainer = trainers.BpeTrainer(vocab_size=560, special_tokens=special, limit_alphabet=60)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    definition = json.loads(tokenizer.to_str())
    # The bytes are pieces of the vocabulary and no tokens that a text could write.
    definition["added_tokens"] = [token for token in definition["added_tokens"] if token["content"] not in bytes_]
    tokenizer = Tokenizer.from_str(json.dumps(definition))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B:1", special_tokens=[("<s>", 1)]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return tokenizer, dict(
        bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="</s>", chat_template=TEMPLATES[template_of]
    )


def unigram():
    """DeBERTa v3's and XLM's: SentencePiece's pieces with scores."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(tokenizers.Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    special = ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]
    trainer = trainers.UnigramTrainer(vocab_size=300, special_tokens=special, unk_token="[UNK]")
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.add_special_tokens([AddedToken("[MASK]", special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer, dict(
        unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]"
    )


QWEN_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

KINDS = {
    "wordpiece": wordpiece,
    "unigram": unigram,
    "byte-level": lambda: byte_level("qwen"),
    "byte-level-split": lambda: byte_level(
        "llama", QWEN_PATTERN.replace(r"\p{N}|", r"\p{N}{1,3}|"), single="<s> $A", pair="<s> $A <s> $B:1"
    ),
    "byte-fallback": lambda: byte_fallback("mistral"),
    "byte-fallback-gemma": lambda: byte_fallback("gemma"),
}


def expected_of(tokenizer):
    alone = lambda text: tokenizer(text, add_special_tokens=False)["input_ids"]
    pair = lambda a, b: {key: tokenizer(a, b, return_token_type_ids=True)[key] for key in ("input_ids", "token_type_ids")}
    return {
        "tokenizers": tokenizers.__version__,
        "transformers": transformers.__version__,
        "texts": [{"text": text, "alone": alone(text), "special": tokenizer(text)["input_ids"]} for text in TEXTS],
        "pairs": [{"a": a, "b": b, **pair(a, b)} for a, b in PAIRS],
        "chats": [chat_of(tokenizer, chat) for chat in CHATS] if tokenizer.chat_template else [],
    }


def chat_of(tokenizer, messages):
    found = {"messages": messages}
    for name, answer_follows in (("whole", False), ("opening", True)):
        try:
            text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=answer_follows)
        except Exception as refusal:
            return {"messages": messages, "refused": str(refusal)}
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        found[name] = {"text": text, "ids": ids}
    return found


if __name__ == "__main__":
    out = Path(sys.argv[1])
    for name, make in KINDS.items():
        tokenizer, special = make()
        tokenizer.add_tokens([AddedToken("<sep>"), AddedToken("<tool>", lstrip=True, rstrip=True)])
        wrapped = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)
        folder = out / name
        shutil.rmtree(folder, ignore_errors=True)
        wrapped.save_pretrained(folder)
        read = transformers.PreTrainedTokenizerFast.from_pretrained(folder)
        (folder / "expected.json").write_text(json.dumps(expected_of(read), ensure_ascii=False, indent=1) + "\n")
        print(folder)
