package dev.mgit.cli.storm;

import java.util.Random;

/** What the commands of a storm do, each as often as another times its weight. */
enum Kind {
    COMMIT(20),
    IMPORT(4),
    CHECKOUT(12),
    TAG(6),
    MOVE_TAG(4),
    UNTAG(4),
    BRANCH(3),
    RENAME(4),
    REMOVE(4),
    UNDO(5),
    EDGE(5),
    MERGE(3),
    ABORT_MERGE(1),
    RUN(3),
    UPDATE(2),
    ABORT_UPDATE(1),
    COLLECT(3),
    /** A clean-up that keeps no operation. */
    COLLECT_NOW(2),
    PUSH(4),
    FETCH(3),
    PULL(3),
    /** A client of {@code mgit serve} pushes. */
    SERVED_PUSH(5),
    LOOK(4);

    private static final int ALL = sum();

    private final int weight;

    Kind(int weight) {
        this.weight = weight;
    }

    private static int sum() {
        int sum = 0;
        for (Kind kind : values()) {
            sum += kind.weight;
        }
        return sum;
    }

    /** What goes between repositories, by a remote that one user alone can write. */
    boolean isExchange() {
        return this == PUSH || this == FETCH || this == PULL;
    }

    static Kind random(Random random) {
        int left = random.nextInt(ALL);
        for (Kind kind : values()) {
            left -= kind.weight;
            if (left < 0) {
                return kind;
            }
        }
        throw new AssertionError();
    }
}
