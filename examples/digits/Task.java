package digits;

import java.util.Arrays;
import java.util.Locale;

/** A question about a scan: for each digit from 0 to 9 the class that is the right answer. */
enum Task {
    DIGIT("0123456789"),
    EVEN("1010101010"),
    LARGE("0000011111"),
    PRIME("0011010100"),
    /** Has a closed loop. */
    LOOP("1000001011"),
    /** Can be written with straight strokes alone. */
    STRAIGHT("0100100100"),
    THIRD("0120120120"),
    QUARTER("0123012301"),
    PAIR("0011223344"),
    /** How many bars light up on a display of seven, less two. */
    BARS("4033234154");

    private final String answers;

    Task(String answers) {
        this.answers = answers;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    int answer(int digit) {
        return answers.charAt(digit) - '0';
    }

    int classes() {
        return 1 + answers.chars().max().orElseThrow() - '0';
    }

    static Task parse(String word) {
        return Arrays.stream(values())
                .filter(task -> task.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new Refusal("there is no task " + word + "; there are "
                        + String.join(
                                ", ", Arrays.stream(values()).map(Task::word).toList())));
    }
}
