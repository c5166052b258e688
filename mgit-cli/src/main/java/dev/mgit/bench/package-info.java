/**
 * Benchmarks as commands: each prints a table of figures, with its peers measured in the same run. Built into a jar of
 * their own, {@code mgit-bench.jar}; no class of the product may know them.
 */
@NullMarked
package dev.mgit.bench;

import org.jspecify.annotations.NullMarked;
