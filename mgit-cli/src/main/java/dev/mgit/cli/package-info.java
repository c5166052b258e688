/** The mgit command: the command tree, and how failures become sentences and exit codes. */
@NullMarked
package dev.mgit.cli;

import org.jspecify.annotations.NullMarked;
