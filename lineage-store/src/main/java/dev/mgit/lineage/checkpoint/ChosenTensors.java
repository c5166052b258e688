package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.UniqueNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tensors that a checkout asks for, all of which a safetensors file can hold. */
final class ChosenTensors {
    /** Tensors that cannot be written and are named in the refusal. */
    private static final int NAMED = 3;

    /** What a tensor is called in the file that is written, and where it comes from. */
    record Chosen(TensorSpec spec, TensorLocation tensor) {}

    private ChosenTensors() {}

    /**
     * The tensors that fit, by the name they get: their own, or {@code FILE:NAME} where a file before uses that name for
     * a different tensor.
     *
     * @throws MgitException of kind USAGE if none fits, FAILED if one cannot be written
     */
    static Map<TensorSpec, Chosen> of(Lineage lineage, CheckoutRequest request) {
        Glob names = request.tensors().orElseThrow();
        Glob files = request.files().orElse(Glob.ALL);
        List<TensorLocation> fitting = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        for (TensorLocation tensor : TensorLocation.of(lineage, request.version())) {
            boolean fits = files.testPath(tensor.path()) && names.test(tensor.name());
            if (fits && seen.add(List.of(tensor.spec(), tensor.object()))) {
                fitting.add(tensor);
            }
        }
        if (fitting.isEmpty()) {
            boolean named = request.files().isPresent();
            throw lineage.checkpoint(request.version())
                    .whyGone(path -> named && files.testPath(path))
                    .orElseGet(() -> MgitException.usage(
                            "no tensor of " + request.version().abbreviated() + " matches '" + names + "'"));
        }
        requireWritable(fitting);
        Map<TensorSpec, Chosen> chosen = new LinkedHashMap<>();
        UniqueNames.of(fitting, TensorLocation::name, TensorLocation::path).forEach((name, tensor) -> {
            var spec = new TensorSpec(name, tensor.spec().dtype(), tensor.spec().shape());
            chosen.put(spec, new Chosen(spec, tensor));
        });
        return chosen;
    }

    private static void requireWritable(List<TensorLocation> tensors) {
        List<String> reasons = new ArrayList<>();
        Set<String> files = new HashSet<>();
        for (TensorLocation tensor : tensors) {
            reason(tensor).ifPresent(reason -> {
                reasons.add("'" + tensor.name() + "' (" + reason + ")");
                files.add(tensor.path());
            });
        }
        if (reasons.isEmpty()) {
            return;
        }
        int more = reasons.size() - NAMED;
        String which = String.join(", ", reasons.subList(0, Math.min(NAMED, reasons.size())))
                + (more > 0 ? " and " + more + " more" : "");
        String whole = "check out the whole file with --files '"
                + (files.size() == 1 ? files.iterator().next() : "*") + "' and no --tensors";
        throw new MgitException(
                MgitException.Kind.FAILED,
                "a safetensors file cannot hold " + which,
                reasons.size() == tensors.size() ? whole : "choose others with --tensors, or " + whole);
    }

    private static Optional<String> reason(TensorLocation tensor) {
        if (tensor.seen().unreadable().isPresent()) {
            return tensor.seen().unreadable();
        }
        if (!SafetensorsHeader.canName(tensor.name())) {
            return Optional.of("the format cannot have that name");
        }
        TensorSpec spec = tensor.spec();
        if (SafetensorsHeader.canHold(spec)) {
            return Optional.empty();
        }
        return Optional.of(
                SafetensorsHeader.knows(spec.dtype())
                        ? "its " + spec.elements() + " elements of dtype " + spec.dtype() + " do not end with a byte"
                        : "of dtype " + spec.dtype() + ", for which the format has no name");
    }
}
