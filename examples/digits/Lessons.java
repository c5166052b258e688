package digits;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** Training images, in another order and with another change to each in every epoch. */
final class Lessons {
    private static final int BATCH = 32;

    private final List<Image> images;
    private final List<Change> changes;
    private final SplittableRandom random;
    private final Random order;

    /** @param changes what may have happened to an image; one of them is drawn for each image and epoch */
    Lessons(List<Image> images, List<Change> changes, SplittableRandom random) {
        this.images = images;
        this.changes = changes;
        this.random = random;
        this.order = new Random(random.nextLong());
    }

    /** One part of so many, every image in one of them: {@code 3/40} is the third of forty. */
    static List<Image> part(List<Image> images, String which) {
        String[] numbers = which.split("/", -1);
        try {
            int part = Integer.parseInt(numbers[0]);
            int parts = Integer.parseInt(numbers[1]);
            if (part >= 1 && part <= parts) {
                List<Image> chosen = new ArrayList<>();
                for (int i = part - 1; i < images.size(); i += parts) {
                    chosen.add(images.get(i));
                }
                return chosen;
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            // said below
        }
        throw new Refusal("--part takes a part of so many, such as 3/40, not " + which);
    }

    /** All images once, in batches. */
    List<List<Image>> epoch() {
        List<Image> shuffled = new ArrayList<>(images);
        Collections.shuffle(shuffled, order);
        shuffled.replaceAll(image -> changes.get(random.nextInt(changes.size())).apply(image, random));
        List<List<Image>> batches = new ArrayList<>();
        for (int from = 0; from < shuffled.size(); from += BATCH) {
            batches.add(shuffled.subList(from, Math.min(shuffled.size(), from + BATCH)));
        }
        return batches;
    }
}
