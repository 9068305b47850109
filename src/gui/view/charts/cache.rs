//! Charts that are kept until the runs or the results beside them change.

use crate::engine::results::{RunResult, Runs, SharpnessResult};
use crate::engine::scene::Run;
use crate::figure::metric_chart::{self, Metric, MetricChart, XAxis};
use crate::gui::app::Newest;
use crate::gui::plot::PlotChart;
use crate::gui::seed_charts::SeedCharts;
use std::sync::Arc;

/// Charts, kept until the runs change.
#[derive(Default)]
pub(in crate::gui::view) struct ChartCache(Option<CachedCharts>);

/// Charts, and the results that they show.
struct CachedCharts {
    runs: Vec<Run>,
    results: Vec<Arc<RunResult>>,
    measured: Measured,
    /// The followed run, or the order of charts of all runs.
    variant: usize,
    by_cost: bool,
    charts: Vec<PlotChart>,
}

/// Results beside the runs that charts show, as far as they are computed.
#[derive(Clone, Default)]
pub(crate) struct Measured {
    /// Sharpness along the runs of a network.
    pub sharpness: Newest<SharpnessResult>,
    /// Charts over several seeds.
    pub seeds: Newest<SeedCharts>,
}

impl Measured {
    fn is_same(&self, other: &Self) -> bool {
        fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
            a.map(Arc::as_ptr) == b.map(Arc::as_ptr)
        }
        same(self.sharpness.as_ref(), other.sharpness.as_ref())
            && same(self.seeds.as_ref(), other.seeds.as_ref())
    }

    /// Returns the results without those over seeds, for charts over evaluations: the seeds have no common axis of these.
    pub(super) fn of_one_seed(&self) -> Self {
        Self {
            seeds: None,
            ..self.clone()
        }
    }

    /// Returns the charts of all visible runs, over all seeds that are computed.
    pub(super) fn charts(&self, runs: &Runs) -> Vec<MetricChart> {
        let own = || {
            if runs.trained.is_none() {
                return metric_chart::landscape_charts(runs);
            }
            let sharpness = self.sharpness.as_deref();
            let sharpness = sharpness.and_then(|found| found.as_ref().ok());
            metric_chart::network_charts(runs, sharpness)
        };
        let over_seeds = self.seeds.as_deref().and_then(|found| found.as_ref().ok());
        let Some(found) = over_seeds else {
            return own();
        };
        let mut charts = found.charts.clone();
        if runs.trained.is_some() {
            // The sharpness is that of the first seed; its chart stands before the last one, as without seeds.
            let is_sharpness = |own: &MetricChart| own.metric == Some(Metric::Sharpness);
            let place = charts.len().saturating_sub(1);
            charts.splice(place..place, own().into_iter().filter(is_sharpness));
        }
        charts
    }
}

impl ChartCache {
    /// Returns the charts of some runs, from `make` if the runs, the results beside them, the variant (the followed run or the order) or the
    /// x axis have changed.
    pub(in crate::gui::view) fn of(
        &mut self,
        x_axis: &XAxis,
        (measured, variant): (&Measured, usize),
        make: impl FnOnce(&Runs) -> Vec<MetricChart>,
    ) -> &[PlotChart] {
        let (runs, by_cost) = (x_axis.runs, x_axis.by_cost);
        let same = |cached: &CachedCharts| {
            let mut results = cached.results.iter().zip(&runs.results);
            cached.runs == runs.scene.runs
                && cached.measured.is_same(measured)
                && (cached.variant, cached.by_cost) == (variant, by_cost)
                && cached.results.len() == runs.results.len()
                && results.all(|(a, b)| Arc::ptr_eq(a, b))
        };
        self.0 = self.0.take().filter(same);
        let make = || CachedCharts {
            runs: runs.scene.runs.clone(),
            results: runs.results.clone(),
            measured: measured.clone(),
            variant,
            by_cost,
            charts: plot_charts(&make(runs), x_axis),
        };
        &self.0.get_or_insert_with(make).charts
    }
}

/// Returns charts of metrics as the window shows them.
pub(in crate::gui::view) fn plot_charts(metrics: &[MetricChart], x_axis: &XAxis) -> Vec<PlotChart> {
    let chart = |metric| PlotChart::of_metric(metric, x_axis);
    metrics.iter().map(chart).collect()
}
