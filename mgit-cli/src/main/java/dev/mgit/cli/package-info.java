/** The mgit command: options in, library call, text or JSON out. */
@NullMarked
package dev.mgit.cli;

import org.jspecify.annotations.NullMarked;
