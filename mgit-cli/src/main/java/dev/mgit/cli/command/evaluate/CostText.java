package dev.mgit.cli.command.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.evaluate.CostOptions.Cost;
import dev.mgit.cli.console.Output;
import dev.mgit.hooks.SignificantDigits;
import dev.mgit.lineage.shapes.ModelShape;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the cost of a request is shown. */
final class CostText {
    private CostText() {}

    static void print(Output output, String name, ModelShape shape, Cost cost) {
        output.line(name + ", a request of " + cost.prompt() + " + " + cost.output() + " tokens");
        output.line(String.format(Locale.ROOT, "  parameters         %,d", shape.parameters()));
        output.line("  weights            " + Output.bytes(shape.weightBytes()) + " ("
                + shape.bytes().entrySet().stream()
                        .map(dtype -> dtype.getKey() + " " + Output.bytes(dtype.getValue()))
                        .collect(Collectors.joining(", "))
                + ")");
        output.line("  KV cache, 16 bits  "
                + cost.request().cacheBytes().map(Output::bytes).orElse("unknown: config.json names no heads"));
        output.line("  operations         " + flops(cost.request().weightFlops()) + " by weights, "
                + cost.request().notebookFlops().map(CostText::flops).orElse("-") + " as 24·h²·L·(p+o−1), "
                + cost.request().fullFlops().map(CostText::flops).orElse("-") + " with attention and vocabulary");
        if (cost.seconds().isEmpty()) {
            output.line("  runtime            unknown: no --profile");
            return;
        }
        output.line("  runtime            " + seconds(cost.seconds()) + ", of which the prompt "
                + seconds(cost.promptSeconds()));
        output.line("  accelerators       " + cost.accelerators() + " x "
                + cost.hardware().name() + ": " + seconds(cost.acceleratorSeconds()) + " of accelerator time");
        output.line("  price              "
                + cost.dollars()
                        .map(dollars -> "$" + SignificantDigits.of(dollars))
                        .orElse("-")
                + " at $" + SignificantDigits.of(cost.hardware().dollarsPerHour()) + " an accelerator-hour");
    }

    private static String seconds(Optional<Double> seconds) {
        return seconds.map(time -> SignificantDigits.of(time) + " s").orElse("-");
    }

    static String flops(double flops) {
        String[] units = {"", " k", " M", " G", " T", " P", " E", " Z"};
        int unit = 0;
        double value = flops;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.4g%sFLOP", value, unit == 0 ? " " : units[unit]);
    }

    static void json(JsonGenerator json, String name, ModelShape shape, Cost cost) throws IOException {
        json.writeStringField("version", name);
        json.writeNumberField("prompt", cost.prompt());
        json.writeNumberField("output", cost.output());
        json.writeNumberField("parameters", shape.parameters());
        json.writeObjectFieldStart("weightBytes");
        for (Map.Entry<String, Long> dtype : shape.bytes().entrySet()) {
            json.writeNumberField(dtype.getKey(), dtype.getValue());
        }
        json.writeEndObject();
        if (cost.request().cacheBytes().isPresent()) {
            json.writeNumberField("cacheBytes", cost.request().cacheBytes().get());
        }
        json.writeNumberField("weightFlops", cost.request().weightFlops());
        number(json, "notebookFlops", cost.request().notebookFlops());
        number(json, "fullFlops", cost.request().fullFlops());
        json.writeStringField("hardware", cost.hardware().name());
        json.writeNumberField("accelerators", cost.accelerators());
        number(json, "seconds", cost.seconds());
        number(json, "promptSeconds", cost.promptSeconds());
        number(json, "acceleratorSeconds", cost.acceleratorSeconds());
        number(json, "dollars", cost.dollars());
    }

    private static void number(JsonGenerator json, String field, Optional<Double> value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(field, value.get());
        }
    }
}
