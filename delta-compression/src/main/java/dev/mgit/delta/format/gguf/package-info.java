/** The GGUF format and the tensor types of GGML. */
@NullMarked
package dev.mgit.delta.format.gguf;

import org.jspecify.annotations.NullMarked;
