"""What a user has set in a display, as JSON knows it, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from ...errors import ConfigurationError
from ...quantities import parse_scale, scale_text
from ..painting.theme import THEMES, colour_name
from ..painting.vertical_scales import Scale
from ..reading.edge import Edge
from .display import Display

_PANELS = ("measurements", "spectrum", "histogram", "events", "overview", "density")


def save_state(display: Display) -> dict[str, Any]:
    """Everything but the recording and the place in it."""
    parts, actions = display.screen_parts, display.actions_by_name
    return {
        "window_s": display.display_window_seconds,
        "triggered": display.navigator.is_triggered,
        "edge": asdict(parts.trigger_bar.edge),
        "theme": display.theme_name,
        "colours": dict(display.colours),
        "lane_names": dict(display.lane_names),
        "scales": {name: scale_text(scale) for name, scale in display.channel_scales.items()},
        "differences": [list(pair) for pair in display.differences],
        "hidden": sorted(parts.channel_bar.hidden),
        "own_scales": {
            name: [scale.centre_v, scale.span_v] for name, scale in display.scales.own.items()
        },
        "panels": {name: actions[name].isChecked() for name in _PANELS},
        "layout": parts.save_layout(),
    }


def restore_state(display: Display, state: Mapping[str, Any]) -> None:
    """Set it again; what is missing stays as it is, what is impossible is told."""
    damaged = []
    for name, restore in _RESTORERS.items():
        try:
            if name in state:
                restore(display, state[name])
        except (TypeError, ValueError, KeyError, AttributeError, ConfigurationError):
            damaged.append(name)
    if damaged:
        display.status.say(f"Saved settings that cannot be used: {', '.join(damaged)}.")


def _restore_edge(display: Display, saved: Any) -> None:
    display.screen_parts.trigger_bar.set_edge(Edge(**saved))


def _restore_triggered(display: Display, saved: Any) -> None:
    display.actions_by_name["trigger"].setChecked(bool(saved))


def _restore_theme(display: Display, saved: Any) -> None:
    display.set_theme(None if saved is None else THEMES[saved].name)


def _restore_colours(display: Display, saved: Any) -> None:
    display.colours.clear()
    for name, colour in saved.items():
        display.set_channel_colour(str(name), colour_name(colour))


def _restore_lane_names(display: Display, saved: Any) -> None:
    display.lane_names.clear()
    for port, names in saved.items():
        display.set_lane_names(str(port), [str(name) for name in names])


def _restore_channel_scales(display: Display, saved: Any) -> None:
    display.set_channel_scales({str(name): parse_scale(text) for name, text in saved.items()})


def _restore_differences(display: Display, saved: Any) -> None:
    display.set_differences([(str(one), str(other)) for one, other in saved])


def _restore_hidden(display: Display, saved: Any) -> None:
    display.screen_parts.channel_bar.hide_channels({str(name) for name in saved})


def _restore_scales(display: Display, saved: Any) -> None:
    scales = {str(name): Scale.checked(*pair) for name, pair in saved.items()}
    display.scales.own = scales
    display.screen_parts.apply_scales()


def _restore_panels(display: Display, saved: Any) -> None:
    for name in _PANELS:
        if name in saved:
            display.actions_by_name[name].setChecked(bool(saved[name]))


def _restore_layout(display: Display, saved: Any) -> None:
    display.screen_parts.restore_layout(saved)


def _restore_window(display: Display, saved: Any) -> None:
    display.display_window_seconds = saved


_RESTORERS: dict[str, Callable[[Any, Any], None]] = {
    "layout": _restore_layout,
    "panels": _restore_panels,
    "theme": _restore_theme,
    "colours": _restore_colours,
    "lane_names": _restore_lane_names,
    "scales": _restore_channel_scales,
    "differences": _restore_differences,
    "hidden": _restore_hidden,
    "own_scales": _restore_scales,
    "window_s": _restore_window,
    "edge": _restore_edge,
    "triggered": _restore_triggered,
}
