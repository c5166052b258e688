/** NumPy arrays: {@code .npy} files, uncompressed {@code .npz} archives, pickles that hold them, and
 * chunks of Zarr arrays. */
@NullMarked
package dev.mgit.delta.format.numpy;

import org.jspecify.annotations.NullMarked;
