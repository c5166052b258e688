/** NumPy arrays: {@code .npy} files and uncompressed {@code .npz} archives. */
@NullMarked
package dev.mgit.delta.format.numpy;

import org.jspecify.annotations.NullMarked;
