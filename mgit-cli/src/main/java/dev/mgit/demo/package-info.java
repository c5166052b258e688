/**
 * The demo: acts on one stage, every command shown as a user would type it. Built into {@code mgit-bench.jar} beside the
 * benchmarks; no class of the product may know it.
 */
@NullMarked
package dev.mgit.demo;

import org.jspecify.annotations.NullMarked;
