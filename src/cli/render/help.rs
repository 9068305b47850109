//! The help of `ravine render` below its flags.

use crate::export::picture;
use std::sync::LazyLock;

/// Text below the help of the flags.
pub(super) static AFTER_HELP: LazyLock<String> = LazyLock::new(|| {
    format!(
        "\
Kinds of pictures for --show, which can be combined, like map+loss+grad-norm:
{}

With --seeds, or with several seeds in the scene, charts show for each run the
median over the seeds, a band between the quartiles and the mean, dotted; a seed
that diverged counts as infinitely high from then on, and the legend has how many
did. A map is that of the first seed.

{mp4}{EXAMPLES}",
        picture::show_help(),
        mp4 = if cfg!(feature = "mp4") {
            ""
        } else {
            "This program was built without films as MP4, whose encoder needs a C++ compiler:
`cargo install --path . --features mp4` builds it with them.

"
        }
    )
});

const EXAMPLES: &str = "\
The map shows exactly the --view or the scene's view, with equal scales on both
axes unless the view is more than three times as long as wide. Without a view it
shows, like the window, the landscape's own view, widened where the start, a minimum
or 95 % of a run need more, and extended to the aspect ratio of the picture.
Runs that diverge are reported on stderr with their step.

Examples:
  ravine render -o opening.png
  ravine render 'lesson:learning-rate#3' -o step.png
  ravine render example:momentum-in-a-ravine --step 100 --theme dark \\
    --size 1920x1080 -o slide.png
  ravine render --landscape himmelblau --start=0,0 --run adam:lr=0.1 \\
    --run lbfgs -o figure.svg
  ravine render example:schedules --show loss --width 12cm -o loss.pdf
  ravine render example:opening-race --show map+loss --preset double-column \\
    --label a -o figure.pdf
  ravine render example:noise-and-batch-size --seeds 0..9 --show loss \\
    -o seeds.pdf
  ravine render --show surface --azim=-120 --elev 40 -o surface.png
  ravine render example:moons --show projection-error -o error.svg
  ravine render example:moons --show predictions -o predictions.png
  ravine render --landscape himmelblau --run adam:lr=0.1 --run lbfgs \\
    -o race.gif
  ravine render --show surface --turn 60 --seconds 12 --size 1280x720 \\
    -o turn.apng
  ravine render --frames 0..500:5 -o 'frame-{}.png'
  ravine render --gallery landscapes -o gallery.png";
