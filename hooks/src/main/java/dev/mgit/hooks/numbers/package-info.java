/** The numbers that hang on a version, of every kind, as every place that shows versions shows them. */
@NullMarked
package dev.mgit.hooks.numbers;

import org.jspecify.annotations.NullMarked;
