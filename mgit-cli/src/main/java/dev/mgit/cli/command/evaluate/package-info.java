/**
 * Commands about what a model is worth and what it costs: eval keeps and compares evaluations, cost estimates runtime and
 * price, inspect counts its parameters and looks at its dimensions, plan-serving divides threads among instances. They change no version.
 */
@NullMarked
package dev.mgit.cli.command.evaluate;

import org.jspecify.annotations.NullMarked;
