import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Run MODEL ROWS KINDS FOUND PASSES: one row after the other, as maps; MODEL is the class. */
final class Run {
    public static void main(String[] arguments) throws Exception {
        List<String> lines = Files.readAllLines(Path.of(arguments[1]));
        String[] names = lines.get(0).split(",", -1);
        String[] kinds = arguments[2].split(",");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            Map<String, Object> row = new HashMap<>();
            for (int k = 0; k < names.length; k++) {
                boolean isNumber = kinds[k].equals("number");
                Object cell = isNumber && !cells[k].isEmpty() ? Double.valueOf(cells[k]) : cells[k];
                row.put(names[k], cells[k].isEmpty() ? null : cell);
            }
            rows.add(row);
        }

        double[] found = new double[rows.size()];
        int passes = Integer.parseInt(arguments[4]);
        long start = System.nanoTime();
        for (int pass = 0; pass < passes; pass++) {
            for (int k = 0; k < found.length; k++) {
                found[k] = (Double) Model.predict(rows.get(k)).get("prediction");
            }
        }
        System.out.println((System.nanoTime() - start) / 1e9);

        List<String> written = new ArrayList<>();
        for (double one : found) {
            written.add(Double.toString(one));
        }
        Files.write(Path.of(arguments[3]), written);
    }
}
