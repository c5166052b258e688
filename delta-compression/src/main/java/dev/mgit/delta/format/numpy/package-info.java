/** NumPy arrays: {@code .npy} files, uncompressed {@code .npz} archives, and pickles that hold them. */
@NullMarked
package dev.mgit.delta.format.numpy;

import org.jspecify.annotations.NullMarked;
