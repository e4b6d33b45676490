//! Series of measurements, and tables of them. Knows nothing of what was measured.

use std::time::Duration;

/// What was measured, in the order of time; the unit is the caller's.
#[derive(Clone, Debug, Default)]
pub struct Series(Vec<f64>);

impl Series {
    /// One more.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The value that a share of all stay below: 0.5 for the median. NaN where nothing was measured.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = (sorted.len().saturating_sub(1)) as f64 * share;
        sorted.get(at.round() as usize).copied().unwrap_or(f64::NAN)
    }

    /// The value in the middle.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }
}

/// Milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A table that is printed when it is whole: the first column is words, the others are numbers.
pub struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Begins one; `heads` stand over its columns.
    pub fn new(title: &str, heads: &[&str]) -> Table {
        let heads = heads.iter().map(|head| (*head).to_owned()).collect();
        Table {
            title: title.to_owned(),
            rows: vec![heads],
        }
    }

    /// One more row.
    pub fn row(&mut self, name: &str, cells: &[String]) {
        let mut row = vec![name.to_owned()];
        row.extend_from_slice(cells);
        self.rows.push(row);
    }

    /// A row of the quartiles of a series, and how many times `of` its median is.
    pub fn spread(&mut self, name: &str, series: &Series, of: &Series) {
        let mut cells: Vec<String> = [0.1, 0.5, 0.75, 0.9]
            .map(|share| number(series.quantile(share)))
            .into();
        cells.push(number(series.median() / of.median()));
        self.row(name, &cells);
    }

    /// Prints it.
    pub fn print(&self) {
        println!("\n{}", self.title);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        for row in &self.rows {
            let mut line = format!("  {:<1$}", row[0], width(0));
            for (column, cell) in row.iter().enumerate().skip(1) {
                line.push_str(&format!("  {cell:>0$}", width(column)));
            }
            println!("{}", line.trim_end());
        }
    }
}

/// A number as a table shows it: the fewer digits, the larger it is.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
