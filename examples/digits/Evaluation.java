package digits;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** How well a network answers: its share of right answers, and its mean cross-entropy in nats. */
final class Evaluation {
    private final StringBuilder changes = new StringBuilder();
    private int right;
    private int count;
    private double loss;

    private Evaluation() {}

    /**
     * Puts every image to the network once for each change.
     *
     * @param each also tell the accuracy on each change
     */
    static Evaluation of(
            Network network, List<Image> images, List<Change> changes, boolean each, SplittableRandom random) {
        Evaluation all = new Evaluation();
        for (Change change : changes) {
            int before = all.right;
            for (Image image : images) {
                all.add(
                        network.probabilities(change.apply(image, random)),
                        network.task().answer(image.digit()));
            }
            if (each) {
                double accuracy = (double) (all.right - before) / images.size();
                all.changes.append(String.format(Locale.ROOT, ", \"accuracy-%s\": %.6f", change.word(), accuracy));
            }
        }
        return all;
    }

    private void add(float[] probabilities, int answer) {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            best = probabilities[i] > probabilities[best] ? i : best;
        }
        right += best == answer ? 1 : 0;
        loss -= StrictMath.log(Math.max(probabilities[answer], 1e-12));
        count++;
    }

    /** Accuracy and loss over all changes, and where asked for the accuracy on each. */
    String toJson() {
        return String.format(
                Locale.ROOT, "{\"accuracy\": %.6f, \"loss\": %.6f%s}%n", (double) right / count, loss / count, changes);
    }
}
