/** Tests, recipes and cascades: what happens when a parent changes. */
@NullMarked
package dev.mgit.hooks;

import org.jspecify.annotations.NullMarked;
