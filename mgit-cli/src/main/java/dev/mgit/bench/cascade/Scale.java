package dev.mgit.bench.cascade;

/**
 * How large the graphs are and how long is trained.
 *
 * @param tasks how many tasks, of nine
 * @param versions how many versions of each, of ten
 * @param rounds of federated training
 * @param workers that train in a round, of forty
 * @param prunings how many architectures are pruned, and to how many sparsities each, of three
 * @param hidden units of the base's hidden layers
 * @param epochs of training a base
 */
record Scale(int tasks, int versions, int rounds, int workers, int prunings, String hidden, int epochs) {
    /** The paper's own graphs. */
    static final Scale FULL = new Scale(9, 10, 10, 5, 3, "256,128", 20);

    /** A piece of each, to see it work. */
    static final Scale QUICK = new Scale(2, 2, 2, 2, 1, "32", 6);
}
