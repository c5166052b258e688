/** What a command may know of the world outside: where it runs, and how to print. */
@NullMarked
package dev.mgit.cli.console;

import org.jspecify.annotations.NullMarked;
