using EdgeNode.Core.Model;

namespace EdgeNode.Core.Texts;

/// <summary>What the operator reads of a node alarm.</summary>
public static class NodeAlarmTexts
{
    private static readonly LocalText[] Table =
    [
        new("The gateway's storage refuses writes", "閘道儲存裝置無法寫入", "网关存储设备无法写入"),
        new("The gateway's storage is very slow", "閘道儲存裝置反應過慢", "网关存储设备响应过慢"),
        new("The gateway's buffer is full: the oldest readings are dropped", "閘道緩存已滿：最舊的讀數正被丟棄", "网关缓存已满：最旧的读数正被丢弃"),
        new("The gateway's buffer was damaged", "閘道緩存曾受損", "网关缓存曾受损"),
        new("The broker takes the data, but nobody has subscribed to it", "訊息伺服器收下資料，但無人訂閱", "消息服务器收下数据，但无人订阅"),
        new("Another gateway uses this one's identity", "另一台閘道使用了本機的識別碼", "另一台网关使用了本机的标识"),
        new("The broker refuses some messages for good", "訊息伺服器永久拒收部分訊息", "消息服务器永久拒收部分消息"),
        new("The gateway's history was damaged and is being rebuilt", "閘道歷史資料受損，正在重建", "网关历史数据受损，正在重建"),
        new("The gateway's stored state was damaged", "閘道保存的狀態受損", "网关保存的状态受损"),
        new("The gateway's audit trail is broken", "閘道稽核紀錄受損或遭竄改", "网关审计记录受损或遭篡改"),
        new("Alarms come faster than a person can take them", "警報過多，超出人員處理能力", "报警过多，超出人员处理能力"),
        new("Maintenance: what is measured is marked", "維護中：量測值已加註記", "维护中：测量值已加标记"),
        new("Values put in by hand stand in place of readings", "有讀數被人工替代值取代", "有读数被人工替代值取代"),
        new("The proof test of a trip is overdue", "聯鎖的定期驗證測試已逾期", "联锁的定期验证测试已逾期"),
        new("An output may stay as it is when the gateway dies", "閘道失效時，有輸出可能不會回到安全狀態", "网关失效时，有输出可能不会回到安全状态"),
        new("A lamp or siren cannot be driven", "有警示燈或警報器無法驅動", "有报警灯或报警器无法驱动"),
    ];

    /// <summary>What the operator reads.</summary>
    public static LocalText Text(this NodeAlarm alarm) => Table[(int)alarm];
}
