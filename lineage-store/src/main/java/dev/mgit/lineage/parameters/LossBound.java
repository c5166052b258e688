package dev.mgit.lineage.parameters;

/**
 * What a tensor may lose.
 *
 * @param bound greatest absolute error of an element, between 0 and 1
 * @param columns elements of a row, 0 if it has none
 */
public record LossBound(double bound, int columns) {}
