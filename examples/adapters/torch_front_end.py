"""A front end as a module of PyTorch: differentiable, on any device, of padded batches; ONNX takes it."""

import math

import voicefeat as vf

try:
    import torch
except ModuleNotFoundError:
    raise ModuleNotFoundError("torch is not installed: pip install torch") from None


class TorchFrontEnd(torch.nn.Module):
    """Of each clip of a batch the features that `vf.FrontEnd` computes of it alone.

    Called with padded clips (B, N) and their lengths in samples (B,), by default all N, it returns features
    (B, R, T), which are 0 after the last frame of a clip, and the numbers of frames (B,). `frontend` is a
    FrontEnd or a name, and `dtype` the precision; `vf.ParameterError` names a step that has no form here.
    """

    def __init__(self, frontend, dtype=torch.float32):
        super().__init__()
        self.front = fe = vf.frontend(frontend) if isinstance(frontend, str) else frontend
        f, steps = fe.framing, {"method": fe.method, "dither": fe.signal.dither, "samples": fe.signal.samples}
        ends = f and f.pad_mode not in ("constant", "edge", "reflect", "symmetric") and f.pad_mode
        for step, value in {**steps, "framing": f is None and "none", "pad_mode": ends}.items():
            if value:
                raise vf.ParameterError(f"{step}={value}: has no form in PyTorch; call the FrontEnd itself")
        bins = torch.fft.rfft(torch.diag(torch.from_numpy(fe.tables()["window"])), f.n_fft)
        for name, table in {"transform": torch.cat([bins.real, bins.imag], 1), **fe.tables()}.items():
            self.register_buffer(name, torch.as_tensor(table, dtype=dtype), persistent=False)

    def forward(self, y, lengths=None):
        y, fe, live = y.to(self.window), self.front, not torch.compiler.is_compiling()
        n = torch.full_like(y[..., :1].long(), y.shape[-1]) if lengths is None else lengths[:, None]
        # `frames` refuses a clip that is too short; an exported graph checks nothing
        if live and (y.ndim != 2 or len(y) != len(n) or n.max() > y.shape[1] or not fe.frames(int(n.min()))):
            raise vf.ParameterError(f"lengths={n.ravel().tolist()}: y is {[*y.shape]}; give (B, N) and (B,)")
        y = y * fe.signal.scale
        y = y - fe.signal.preemphasis * torch.cat([y[:, :1] * (fe.signal.first == "self"), y[:, :-1]], 1)
        frames = _count(fe.framing, n)[:, None]  # (B, 1, 1)
        x = self._statics(*self._frames(y, n), frames)
        x = x if fe.dynamics is None else self._deltas(x, frames)
        x = x if fe.normalisation is None else self._normalised(x, frames)
        return torch.where(torch.arange(x.shape[2], device=x.device) < frames, x, 0.0), frames[:, 0, 0]

    def _frames(self, y, n):
        """Frames (B, T, L) and their energies; what lies beyond a clip is made of its own samples."""
        f, t = self.front.framing, _count(self.front.framing, y.shape[1])
        at = torch.arange((t - 1) * f.hop_length + f.length, device=y.device) - f.pad
        twice = int(f.partial == "mirror" or f.pad_mode == "symmetric")  # the outermost sample comes twice
        if twice or f.pad_mode == "reflect":
            period = (2 * n - 2 + 2 * twice).clamp(min=1)
            y = y.gather(1, (at % period).minimum(period - twice - at % period))
        else:
            inside = at.clamp(min=0).minimum(n - 1)
            y = y.gather(1, inside) * (1 if f.pad_mode == "edge" else inside == at)
        starts = torch.arange(t, device=y.device)[:, None] * f.hop_length
        x = y[:, starts + torch.arange(f.length, device=y.device)]
        x = x - x.mean(-1, keepdim=True) if f.remove_dc else x
        return x - f.preemphasis * torch.cat([x[..., :1], x[..., :-1]], -1), (x**2).sum(-1, keepdim=True)

    def _statics(self, x, energies, frames):
        """Rows (B, R, T) before deltas and normalisation."""
        fe, energy, c = self.front, self.front.energy, self.front.compression
        x = sum(part**2 for part in (x @ self.transform).chunk(2, -1))
        # a slope at 0 that is finite
        x = x if fe.spectrum.power == 2 else torch.where(x > 0, x, 1.0) ** (fe.spectrum.power / 2) * (x > 0)
        x = bins = x / fe.framing.n_fft if fe.spectrum.divided else x
        x = x if fe.bands is None else x @ self.bank.T
        inside = torch.arange(x.shape[1], device=x.device)[:, None] < frames
        x = x if c is None else _log(x, c, c.floor, inside)
        x = x if fe.cepstrum is None else x @ self.cepstrum.T
        x = x if fe.prediction is None else self._predicted(x)
        if energy is not None:
            of_bins, first = energy.of == "bins", fe.rows[0].endswith("energy")
            e = energy.gain * (bins[..., : energy.bins].sum(-1, keepdim=True) if of_bins else energies)
            e = _log(e, c, energy.floor or c.floor, inside if of_bins else None)
            x = x if energy.place != "replace" else x[..., 1:] if first else x[..., :-1]
            x = torch.cat([e, x] if first else [x, e], -1)
        return x.transpose(1, 2)

    def _predicted(self, x):
        """The cepstra of an all-pole model of the bands, by Levinson's recursion."""
        p = self.front.prediction
        r = (torch.exp(p.exponent * (x + self.loudness.log())) @ self.autocorrelation.T).unbind(-1)
        a, error = [torch.ones_like(r[0])], r[0]
        for i in range(1, p.order + 1):
            k = -sum(a[j] * r[i - j] for j in range(i)) / error
            a, error = [a[0], *(a[j] + k * a[i - j] for j in range(1, i)), k], error * (1 - k * k)
        a, c = a + [0.0] * p.n, [error.log()]
        for i in range(1, p.n):
            c.append(-a[i] - sum(k / i * c[k] * a[i - k] for k in range(1, i)))
        c = [v * (1 + p.lifter / 2 * math.sin(math.pi * i / (p.lifter or 1))) for i, v in enumerate(c)]
        return torch.stack(c[1:] + c[:1] if p.c0 == "last" else c, -1)

    def _deltas(self, x, n):
        """Rows with their deltas; the frames at a clip's own ends are repeated."""
        d, t = self.front.dynamics, x.shape[2]
        if d.along == "rows":
            x, n, t = x.transpose(1, 2), torch.full_like(n, x.shape[1]), x.shape[1]
        after = 0 if d.repeated == "again" else d.width * d.orders
        before = after if d.repeated == "kernel" else 0
        parts, n = [_held(x, n, before, after)], n + before + after
        kind = torch.float64 if x.is_cuda else x.dtype  # CUDA would round products of float32 to TF32
        for _ in range(d.orders):
            held = _held(parts[-1], n, d.width, d.width).flatten(0, 1)[:, None].to(kind)
            made = torch.nn.functional.conv1d(held, self.delta[None, None].to(kind))
            parts.append(made.reshape(parts[0].shape).to(x.dtype))
        parts = [part[..., before : before + t] for part in parts[d.keep == "deltas" :]]
        return torch.cat([p.transpose(1, 2) for p in parts] if d.along == "rows" else parts, 1)

    def _normalised(self, x, n):
        """Rows minus the mean of their clip or window, of n frames at most, over the deviation."""
        o, t = self.front.normalisation, torch.arange(x.shape[2], device=x.device)
        if o.over == "frame":
            return x / torch.where((total := x.sum(1, keepdim=True)) == 0, 1.0, total)
        if o.over == "corpus":
            return (x - self.means[:, None]) / (self.deviations[:, None] if o.variance else 1.0)
        window, least = (o.window, o.least) if o.over == "sliding" else (2**31, 2**31)
        begin = t - (window // 2 if o.center else window)
        end = begin.clamp(min=0) + window if o.center else (t + 1).clamp(min=least)
        over = (end - n).clamp(min=0)  # a window beyond the end is moved back
        begin, end = (begin.clamp(min=0) - over).clamp(min=0).expand_as(x), (end - over).expand_as(x)

        def mean(values):
            sums = torch.nn.functional.pad(values.cumsum(2), (1, 0))
            return (sums.gather(2, end) - sums.gather(2, begin)) / (end - begin)

        wide = x if x.device.type == "mps" else x.double()  # that device has no double precision
        spread = (mean(wide**2) - mean(wide) ** 2).clamp(min=o.floor) if o.variance else torch.ones_like(wide)
        return ((wide - mean(wide)) / spread.sqrt()).to(x.dtype)


def _count(f, n):
    """The frames of n samples, a number or a tensor."""
    beyond = n + f.hop_length // 2 - f.hop_length if f.partial == "mirror" else n + 2 * f.pad - f.length
    beyond = beyond.clamp(min=0) if isinstance(n, torch.Tensor) else torch.sym_max(beyond, 0)
    return 1 + (beyond + (f.hop_length - 1) * (f.partial == "pad")) // f.hop_length - f.trim


def _held(x, n, before, after):
    """x (B, R, T) with the first of n frames repeated `before` times, and the last of them from there on."""
    at = (torch.arange(x.shape[2] + before + after, device=x.device) - before).clamp(min=0)
    return x.gather(2, at.minimum(n - 1).expand(-1, x.shape[1], -1))


def _log(x, c, floor, inside):
    x = torch.where(x == 0, c.zero, x) if c.zero else x
    scale = c.gain * {"ln": 1.0, "log10": 1 / math.log(10), "db": 10 / math.log(10)}[c.log]
    x = x + x.new_full((1,), c.offset)  # an array: onnxscript leaves out a number that is nearly 0
    x = x.clamp(min=floor or torch.finfo(x.dtype).tiny).log() * scale + c.add
    if c.top_db is not None and inside is not None:
        peak = torch.where(inside, x, -math.inf).amax((1, 2), keepdim=True)
        x = x.maximum(peak - c.top_db / 10 * math.log(10) * scale)
    return x
