package dev.mgit.hooks.cascade;

import java.util.ArrayList;
import java.util.List;

/** The order among units of work. */
final class Units {
    private Units() {}

    /** Indices of the units that make a unit's parents. */
    static List<Integer> upstream(List<UpdatePlan.Unit> units, int unit) {
        List<Integer> result = new ArrayList<>();
        for (int other = 0; other < units.size(); other++) {
            UpdatePlan.Unit candidate = units.get(other);
            if (other != unit
                    && units.get(unit).parents().stream()
                            .anyMatch(parent ->
                                    parent.now().isEmpty() && candidate.heads().containsKey(parent.model()))) {
                result.add(other);
            }
        }
        return result;
    }
}
