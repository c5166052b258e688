/**
 * What happens when a parent changes: tests, recipes and update cascades. Shared by the packages below: the repository
 * as hooks see it, and the contract that every command is run by. Nothing here prints or reads options.
 */
@NullMarked
package dev.mgit.hooks;

import org.jspecify.annotations.NullMarked;
