/**
 * The ONNX format: initializers and constants found in the protobuf wire encoding without loading it, external data
 * included. No operator is interpreted.
 */
@NullMarked
package dev.mgit.delta.format.onnx;

import org.jspecify.annotations.NullMarked;
