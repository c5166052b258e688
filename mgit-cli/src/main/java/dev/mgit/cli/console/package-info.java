/**
 * What a command may know of the world outside: where it runs, options that several commands share, and how to print.
 * Knows no command.
 */
@NullMarked
package dev.mgit.cli.console;

import org.jspecify.annotations.NullMarked;
