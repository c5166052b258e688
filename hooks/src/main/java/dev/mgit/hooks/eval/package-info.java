/**
 * Evaluations of versions by other people's harnesses: reading what HELM, HEIM and lm-evaluation-harness write, keeping
 * it as notes, and comparing versions by it. Runs nothing; measuring by registered commands is {@code modeltest}'s.
 */
@NullMarked
package dev.mgit.hooks.eval;

import org.jspecify.annotations.NullMarked;
