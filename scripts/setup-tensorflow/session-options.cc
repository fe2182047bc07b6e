// TensorFlow.js opens a SavedModel with TensorFlow's own options and lets nobody set them. Its calls of
// TF_NewSessionOptions are linked to this instead (ld's --wrap).
#include <cstdlib>
#include <cstring>

#include "tensorflow/c/c_api.h"

extern "C" TF_SessionOptions* __real_TF_NewSessionOptions();

// BORDA_TENSORFLOW_GRAPPLER=0 leaves out Grappler, which passes over a graph before its first run.
extern "C" TF_SessionOptions* __wrap_TF_NewSessionOptions() {
  TF_SessionOptions* options = __real_TF_NewSessionOptions();
  const char* grappler = std::getenv("BORDA_TENSORFLOW_GRAPPLER");
  if (grappler == nullptr || std::strcmp(grappler, "0") != 0) return options;
  // A ConfigProto: graph_options (10) { rewrite_options (10) { disable_meta_optimizer (19): true } }.
  const unsigned char config[] = {0x52, 0x05, 0x52, 0x03, 0x98, 0x01, 0x01};
  TF_Status* status = TF_NewStatus();
  TF_SetConfig(options, config, sizeof config, status);
  // It fails on bytes that are no ConfigProto alone; without it TensorFlow works as ever.
  TF_DeleteStatus(status);
  return options;
}
