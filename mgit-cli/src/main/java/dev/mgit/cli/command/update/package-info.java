/**
 * Commands that make versions by running what is recorded, run, rerun, recipe and update, and what follows every new
 * version: hooks, tests, and the word about models that are now out of date.
 */
@NullMarked
package dev.mgit.cli.command.update;

import org.jspecify.annotations.NullMarked;
