/**
 * Recipes: how a version was made, written down so that it can be made again.
 */
@NullMarked
package dev.mgit.hooks.recipe;

import org.jspecify.annotations.NullMarked;
