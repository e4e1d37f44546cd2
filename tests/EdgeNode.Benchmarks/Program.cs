using EdgeNode.Benchmarks.Whole;

// Without arguments: the gateway as a whole process. It prints figures and judges nothing.
var seconds = args is ["--seconds", var s] && int.TryParse(s, out var n) ? n : 60;
return await WholeProcess.RunAsync(TimeSpan.FromSeconds(seconds));
