/**
 * The mgit command: the command table, and how failures become sentences and exit codes. No command lives here.
 */
@NullMarked
package dev.mgit.cli;

import org.jspecify.annotations.NullMarked;
