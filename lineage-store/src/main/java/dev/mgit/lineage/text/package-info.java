/**
 * How text of unknown origin is shown: what must not reach a terminal, and how many columns the rest takes. Knows no
 * models and prints nothing.
 */
@NullMarked
package dev.mgit.lineage.text;

import org.jspecify.annotations.NullMarked;
