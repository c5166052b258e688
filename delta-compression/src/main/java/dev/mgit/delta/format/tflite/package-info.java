/** TensorFlow Lite (LiteRT) models: FlatBuffers, read field by field without generated code. */
@NullMarked
package dev.mgit.delta.format.tflite;

import org.jspecify.annotations.NullMarked;
