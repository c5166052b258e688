/** Reading of what xz compressed: the container of the .xz file format and LZMA2. */
@NullMarked
package dev.mgit.delta.xz;

import org.jspecify.annotations.NullMarked;
