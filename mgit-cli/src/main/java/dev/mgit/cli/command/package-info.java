/** One class a command: options in, library call, text or JSON out. */
@NullMarked
package dev.mgit.cli.command;

import org.jspecify.annotations.NullMarked;
