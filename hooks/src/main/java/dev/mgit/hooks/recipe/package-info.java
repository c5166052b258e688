/**
 * Recipes: how a version was made, recorded so that it can be made again. A recipe is data; only approved ones are
 * run.
 */
@NullMarked
package dev.mgit.hooks.recipe;

import org.jspecify.annotations.NullMarked;
