package dev.mgit.lineage.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.lineage.detect.Arborescence.Edge;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArborescenceTest {
    @Test
    void breaksACircleWhereItIsCheapest() {
        List<Edge> edges =
                List.of(new Edge(0, 1, 10), new Edge(1, 2, 1), new Edge(2, 1, 1), new Edge(0, 2, 8), new Edge(2, 3, 1));
        assertThat(Arborescence.of(4, 0, edges)).containsExactly(-1, 2, 3, 4);
    }

    @Test
    void isAsCheapAsTheBestOfAllTreesInRandomGraphs() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int nodes = 2 + random.nextInt(5);
            List<Edge> edges = new ArrayList<>();
            for (int from = 0; from < nodes; from++) {
                for (int to = 1; to < nodes; to++) {
                    if (from != to && (from == 0 || random.nextInt(3) > 0)) {
                        edges.add(new Edge(from, to, random.nextInt(20) - 5));
                    }
                }
            }
            int[] chosen = Arborescence.of(nodes, 0, edges);
            double cost = 0;
            for (int node = 1; node < nodes; node++) {
                assertThat(edges.get(chosen[node]).to()).isEqualTo(node);
                cost += edges.get(chosen[node]).cost();
            }
            assertThat(isTree(chosen, edges)).isTrue();
            assertThat(cost).as("seed %d", seed).isEqualTo(best(new int[nodes], 1, edges));
        }
    }

    private static double best(int[] chosen, int node, List<Edge> edges) {
        if (node == chosen.length) {
            chosen[0] = -1;
            if (!isTree(chosen, edges)) {
                return Double.POSITIVE_INFINITY;
            }
            double cost = 0;
            for (int i = 1; i < chosen.length; i++) {
                cost += edges.get(chosen[i]).cost();
            }
            return cost;
        }
        double least = Double.POSITIVE_INFINITY;
        for (int edge = 0; edge < edges.size(); edge++) {
            if (edges.get(edge).to() == node) {
                chosen[node] = edge;
                least = Math.min(least, best(chosen, node + 1, edges));
            }
        }
        return least;
    }

    private static boolean isTree(int[] chosen, List<Edge> edges) {
        for (int node = 1; node < chosen.length; node++) {
            int at = node;
            for (int hops = 0; at != 0; hops++) {
                if (hops > chosen.length) {
                    return false;
                }
                at = edges.get(chosen[at]).from();
            }
        }
        return true;
    }

    @Test
    void saysWhichNodeCannotBeReached() {
        assertThatThrownBy(() -> Arborescence.of(2, 0, List.of())).hasMessageContaining("node 1");
    }
}
