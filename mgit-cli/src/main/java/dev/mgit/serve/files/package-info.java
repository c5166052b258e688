/** Decoded files on disk, from where a server sends them again. */
@NullMarked
package dev.mgit.serve.files;

import org.jspecify.annotations.NullMarked;
