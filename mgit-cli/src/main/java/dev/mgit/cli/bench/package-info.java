/** Benchmarks as commands: each prints a table of figures, with its peers measured in the same run. */
@NullMarked
package dev.mgit.cli.bench;

import org.jspecify.annotations.NullMarked;
