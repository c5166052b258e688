/** Licences of models and data: the expressions they are written in, and what those known here ask of whoever uses them. */
@NullMarked
package dev.mgit.hooks.licence;

import org.jspecify.annotations.NullMarked;
