/**
 * Deflate streams (RFC 1951), taken apart and made again to the bit as zlib makes them. The JDK's own Deflater is whatever
 * zlib a machine has, and they differ.
 */
@NullMarked
package dev.mgit.delta.deflate;

import org.jspecify.annotations.NullMarked;
