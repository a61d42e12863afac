-- Open interfaces: accounts of partners with their quotas and code tables.

CREATE TABLE partners (
    code       text PRIMARY KEY,
    name       text NOT NULL,
    digest     bytea NOT NULL UNIQUE,
    secret     text,
    scopes     text[] NOT NULL,
    unit       text,
    per_minute integer NOT NULL,
    per_day    integer NOT NULL,
    networks   text[] NOT NULL,
    hosts      text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT "a quota is at least one" CHECK (per_minute > 0 AND per_day > 0)
);

-- How often a partner has asked in this minute and on this day: one row a partner.
CREATE TABLE partner_uses (
    partner     text PRIMARY KEY REFERENCES partners,
    minute      timestamptz NOT NULL,
    this_minute integer NOT NULL,
    day         date NOT NULL,
    this_day    integer NOT NULL
) WITH (fillfactor = 50);

-- Signed requests that were taken: the same one is not taken twice. Rows older than the signature's tolerance are of no use.
CREATE TABLE partner_signatures (
    partner text NOT NULL REFERENCES partners,
    id      text NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (partner, id)
);
CREATE INDEX partner_signatures_by_time ON partner_signatures (at);

-- What another system calls our codes, both ways, and the codes that nobody has mapped yet. `owner`: a partner or a side of the exchange database.
CREATE TABLE code_mappings (
    owner  text NOT NULL,
    list   text NOT NULL,
    ours   text NOT NULL,
    theirs text NOT NULL,
    PRIMARY KEY (owner, list, ours),
    UNIQUE (owner, list, theirs)
);
CREATE TABLE unmapped_codes (
    owner     text NOT NULL,
    list      text NOT NULL,
    direction text NOT NULL,
    code      text NOT NULL,
    count     integer NOT NULL,
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    PRIMARY KEY (owner, list, direction, code),
    CONSTRAINT "a code comes in or goes out" CHECK (direction IN ('in', 'out'))
);

-- What partners handed in, by who and when; and what is public of it.
CREATE INDEX requests_of_partners ON requests (actor, order_id) WHERE actor LIKE 'partner:%';
CREATE INDEX requests_of_open311 ON requests (at, order_id) WHERE key LIKE 'open311:%';
CREATE INDEX requests_by_order_of_open311 ON requests (order_id) WHERE key LIKE 'open311:%';

-- The exchange database (中间库): tables through which a system that only speaks SQL joins. Columns carry the national data-item names.
-- Each side has a role of its own and sees its own rows only. The worker turns rows into the same commands that people give, and events into rows.
CREATE SCHEMA exchange_db;

CREATE TABLE exchange_db.sides (
    code       text PRIMARY KEY,
    name       text NOT NULL,
    role       text NOT NULL UNIQUE,
    unit       text,
    roles      text[] NOT NULL,
    callers    boolean NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at   timestamptz
);
CREATE FUNCTION exchange_db.my_side() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = exchange_db, pg_temp AS
$$ SELECT code FROM exchange_db.sides WHERE role = session_user AND ended_at IS NULL $$;

CREATE TABLE exchange_db.codes (
    list text NOT NULL,
    code text NOT NULL,
    ours text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (list, code)
);
INSERT INTO exchange_db.codes (list, code, ours, name) VALUES
    ('tszt', '0', '0', '未推送'), ('tszt', '1', '1', '已推送'), ('tszt', '2', '2', '已处理'),
    ('jqlyfs', '01', 'phone', '电话'), ('jqlyfs', '02', 'web', '网站'), ('jqlyfs', '03', 'app', '客户端'), ('jqlyfs', '04', 'wechat', '微信'),
    ('jqlyfs', '05', 'sms', '短信'), ('jqlyfs', '06', 'walk_in', '来访'), ('jqlyfs', '09', 'import', '批量导入'),
    ('bjrxbdm', '0', 'unknown', '未知'), ('bjrxbdm', '1', 'male', '男'), ('bjrxbdm', '2', 'female', '女'), ('bjrxbdm', '9', 'unknown', '未说明'),
    ('sqlx', '1', 'consultation', '咨询'), ('sqlx', '2', 'help', '求助'), ('sqlx', '3', 'complaint', '投诉'), ('sqlx', '4', 'report', '举报'),
    ('sqlx', '5', 'suggestion', '建议'), ('sqlx', '6', 'praise', '表扬'),
    ('lylx', '00', '12345', '12345热线'), ('lylx', '01', '110', '110报警服务台'), ('lylx', '03', '119', '119消防'), ('lylx', '04', '120', '120急救'),
    ('lylx', '05', 'water', '供水'), ('lylx', '06', 'power', '供电'), ('lylx', '07', 'gas', '燃气'), ('lylx', '08', 'heat', '供热'),
    ('ylbz', '0', 'actual', '真实'), ('ylbz', '1', 'exercise', '演练'), ('ylbz', '2', 'test', '测试'),
    ('xxlx', '1', 'feedback', '反馈'), ('xxlx', '2', 'return', '退单'), ('xxlx', '3', 'call_back', '回访'), ('xxlx', '4', 'accept', '接收转交'),
    ('xxlx', '5', 'sign', '签收'), ('xxlx', '6', 'dispatch', '派单'), ('xxlx', '7', 'arrive', '到场'), ('xxlx', '8', 'start', '开始办理'),
    ('xxlx', '9', 'close', '办结'), ('xxlx', '10', 'supplement', '补充'), ('xxlx', '11', 'transfer', '转交'), ('xxlx', '12', 'step', '办理步骤'),
    ('xxlx', '13', 'contact', '联系诉求人'),
    ('thyy', '1', 'not_our_duty', '不属于本单位职责'), ('thyy', '2', 'wrong_district', '不属于本辖区'), ('thyy', '3', 'incomplete', '内容或要素不全'),
    ('thyy', '4', 'duplicate', '重复件'), ('thyy', '5', 'already_closed', '此前已办结'), ('thyy', '9', 'other', '其他'),
    ('myd', '1', '5', '满意'), ('myd', '2', '3', '基本满意'), ('myd', '3', '1', '不满意');

CREATE TABLE exchange_db.handed_in (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    side     text NOT NULL DEFAULT exchange_db.my_side() REFERENCES exchange_db.sides,
    jjdbh    text NOT NULL,
    jqlyfs   text,
    sqlx     text,
    lbdm     text,
    jqdjdm   text,
    xzqhdm   text,
    bjsj     timestamptz,
    jjsj     timestamptz,
    jjwcsj   timestamptz,
    jjlyh    text,
    bjdh     text,
    bjrmc    text,
    bjrxbdm  text,
    lxdh     text,
    bjdhyhm  text,
    bjdhyhdz text,
    sfbm     boolean NOT NULL DEFAULT false,
    bjdz     text,
    jqdz     text,
    jd84     double precision,
    wd84     double precision,
    jdgcj    double precision,
    wdgcj    double precision,
    bjbt     text,
    bjnr     text NOT NULL,
    bkryqksm integer,
    ssryqksm integer,
    swryqksm integer,
    ylbz     text,
    zjzx     text,
    jjbz     boolean NOT NULL DEFAULT false,
    tszt     smallint NOT NULL DEFAULT 0,
    gdbh     text,
    cwdm     text,
    cwsm     text,
    clsj     timestamptz,
    crsj     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (side, jjdbh),
    CONSTRAINT "a push state is 0, 1 or 2" CHECK (tszt IN (0, 1, 2))
) WITH (fillfactor = 70);
CREATE INDEX handed_in_by_number ON exchange_db.handed_in (gdbh) WHERE gdbh IS NOT NULL;
CREATE INDEX handed_in_waiting ON exchange_db.handed_in (id) WHERE tszt < 2 AND cwdm IS NULL;

CREATE TABLE exchange_db.replies (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    side   text NOT NULL DEFAULT exchange_db.my_side() REFERENCES exchange_db.sides,
    xxbh   text NOT NULL,
    gdbh   text NOT NULL,
    xxlx   text NOT NULL,
    nr     text,
    cbdw   text,
    thyy   text,
    thyj   text,
    sflx   boolean,
    sfjj   boolean,
    myd    text,
    lbdm   text,
    sjdz   text,
    sjsj   timestamptz,
    ssrs   integer,
    swrs   integer,
    zjzx   text,
    jjbz   boolean,
    tszt   smallint NOT NULL DEFAULT 0,
    cwdm   text,
    cwsm   text,
    clsj   timestamptz,
    crsj   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (side, xxbh),
    CONSTRAINT "a push state is 0, 1 or 2" CHECK (tszt IN (0, 1, 2))
) WITH (fillfactor = 70);
CREATE INDEX replies_waiting ON exchange_db.replies (id) WHERE tszt < 2 AND cwdm IS NULL;

CREATE TABLE exchange_db.outgoing (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    side     text NOT NULL REFERENCES exchange_db.sides,
    sjbh     bigint NOT NULL,
    sjlx     text NOT NULL,
    fssj     timestamptz NOT NULL,
    nr       text,
    gdbh     text,
    ssbh     uuid NOT NULL,
    jjdbh    text,
    gdzt     text NOT NULL,
    gdztmc   text NOT NULL,
    lylx     text,
    qrbz     boolean NOT NULL,
    cbdw     text,
    jqlyfs   text,
    sqlx     text,
    lbdm     text,
    hdlbdm   text,
    jqdjdm   text,
    xzqhdm   text,
    jjbz     boolean NOT NULL,
    xqbz     boolean NOT NULL,
    sfbm     boolean NOT NULL,
    ylbz     text,
    bjsj     timestamptz,
    jjsj     timestamptz,
    jjwcsj   timestamptz,
    jjlyh    text,
    bjdh     text,
    bjrmc    text,
    bjrxbdm  text,
    lxdh     text,
    bjdz     text,
    jqdz     text,
    jd84     double precision,
    wd84     double precision,
    jdgcj    double precision,
    wdgcj    double precision,
    bjbt     text,
    bjnr     text,
    bkryqksm integer,
    ssryqksm integer,
    swryqksm integer,
    cljg     text,
    sfjj     boolean,
    myd      text,
    tszt     smallint NOT NULL DEFAULT 0,
    qssj     timestamptz,
    clsj     timestamptz,
    crsj     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (side, sjbh),
    CONSTRAINT "a push state is 0, 1 or 2" CHECK (tszt IN (0, 1, 2))
) WITH (fillfactor = 70);
CREATE INDEX outgoing_waiting ON exchange_db.outgoing (side, id) WHERE tszt < 2;

CREATE TABLE exchange_db.dead_letters (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    side   text NOT NULL REFERENCES exchange_db.sides,
    bm     text NOT NULL,
    hh     bigint NOT NULL,
    bh     text NOT NULL,
    cwdm   text NOT NULL,
    cwsm   text NOT NULL,
    cs     integer NOT NULL DEFAULT 1,
    cwsj   timestamptz NOT NULL,
    jjsj   timestamptz,
    UNIQUE (bm, hh),
    CONSTRAINT "it is a row of what a side wrote" CHECK (bm IN ('handed_in', 'replies'))
);
CREATE INDEX dead_letters_open ON exchange_db.dead_letters (side, id) WHERE jjsj IS NULL;

-- What a side writes goes in as not pushed; what it mends goes again; what it acknowledges never goes back.
CREATE FUNCTION exchange_db.written_by_side() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF exchange_db.my_side() IS NOT NULL THEN
        NEW.tszt := 0;
        NEW.cwdm := NULL;
        NEW.cwsm := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "a side writes what is not pushed" BEFORE INSERT OR UPDATE ON exchange_db.handed_in FOR EACH ROW EXECUTE FUNCTION exchange_db.written_by_side();
CREATE TRIGGER "a side writes what is not pushed" BEFORE INSERT OR UPDATE ON exchange_db.replies FOR EACH ROW EXECUTE FUNCTION exchange_db.written_by_side();
CREATE FUNCTION exchange_db.acknowledged_by_side() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.tszt < OLD.tszt THEN
        RAISE EXCEPTION '推送状态只能由 0 到 1 到 2（a push state never goes back）';
    END IF;
    IF NEW.tszt >= 1 AND OLD.tszt < 1 THEN NEW.qssj := now(); END IF;
    IF NEW.tszt = 2 AND OLD.tszt < 2 THEN NEW.clsj := now(); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "an acknowledgement stands" BEFORE UPDATE ON exchange_db.outgoing FOR EACH ROW EXECUTE FUNCTION exchange_db.acknowledged_by_side();

ALTER TABLE exchange_db.handed_in ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_db.replies ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_db.outgoing ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_db.dead_letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY "a side reads its own" ON exchange_db.handed_in FOR SELECT USING (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side writes its own" ON exchange_db.handed_in FOR INSERT WITH CHECK (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side mends what waits or was refused" ON exchange_db.handed_in FOR UPDATE
    USING (side = (SELECT exchange_db.my_side()) AND (tszt = 0 OR (tszt = 1 AND cwdm IS NOT NULL)));
CREATE POLICY "a side reads its own" ON exchange_db.replies FOR SELECT USING (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side writes its own" ON exchange_db.replies FOR INSERT WITH CHECK (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side mends what waits or was refused" ON exchange_db.replies FOR UPDATE
    USING (side = (SELECT exchange_db.my_side()) AND (tszt = 0 OR (tszt = 1 AND cwdm IS NOT NULL)));
CREATE POLICY "a side reads its own" ON exchange_db.outgoing FOR SELECT USING (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side acknowledges its own" ON exchange_db.outgoing FOR UPDATE USING (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side reads its own" ON exchange_db.dead_letters FOR SELECT USING (side = (SELECT exchange_db.my_side()));

-- What is not finished, row by row: what a side compares with its own books. A side sees its own rows.
CREATE VIEW exchange_db.unfinished WITH (security_invoker = true) AS
SELECT side, 'handed_in' AS bm, id AS hh, jjdbh AS bh, gdbh, tszt, cwdm, cwsm, crsj FROM exchange_db.handed_in WHERE tszt < 2
UNION ALL
SELECT side, 'replies', id, xxbh, gdbh, tszt, cwdm, cwsm, crsj FROM exchange_db.replies WHERE tszt < 2
UNION ALL
SELECT side, 'outgoing', id, sjbh::text, gdbh, tszt, NULL, NULL, crsj FROM exchange_db.outgoing WHERE tszt < 2;

-- How many rows each way, and in what state.
CREATE VIEW exchange_db.reconciliation WITH (security_invoker = true) AS
SELECT side, bm, count(*) AS zs, count(*) FILTER (WHERE tszt = 0) AS wts, count(*) FILTER (WHERE tszt = 1 AND cwdm IS NULL) AS yts,
       count(*) FILTER (WHERE tszt = 2) AS ycl, count(*) FILTER (WHERE cwdm IS NOT NULL) AS cw, min(crsj) FILTER (WHERE tszt < 2) AS zzwcl
FROM (SELECT side, 'handed_in' AS bm, tszt, cwdm, crsj FROM exchange_db.handed_in
      UNION ALL SELECT side, 'replies', tszt, cwdm, crsj FROM exchange_db.replies
      UNION ALL SELECT side, 'outgoing', tszt, NULL, crsj FROM exchange_db.outgoing) AS every GROUP BY side, bm;

COMMENT ON TABLE exchange_db.handed_in IS '各方提交的诉求：写入一行即提交 / matters that a side hands in: one row, one matter';
COMMENT ON TABLE exchange_db.replies IS '各方对工单的回写：签收、反馈、退单、回访等 / what a side writes about an order: sign-off, feedback, return, call-back';
COMMENT ON TABLE exchange_db.outgoing IS '发给各方的事件，附工单当时的内容 / what is meant for a side: an event with its order as it then was';
COMMENT ON TABLE exchange_db.dead_letters IS '未能处理的行及原因；改正原行即重新处理 / rows that were refused and why; mending the row sends it again';
COMMENT ON TABLE exchange_db.codes IS '代码表；各方另有对照的按对照 / code tables; a side''s own mapping goes before';
COMMENT ON VIEW exchange_db.unfinished IS '尚未完成的行，供逐行对账 / rows that are not finished';
COMMENT ON VIEW exchange_db.reconciliation IS '各表各状态的行数，供对账 / counts by table and state';

COMMENT ON COLUMN exchange_db.handed_in.id IS '行号 / row';
COMMENT ON COLUMN exchange_db.handed_in.side IS '所属方代码，自动填写 / side, filled in by itself';
COMMENT ON COLUMN exchange_db.handed_in.jjdbh IS '[JJDBH] 各方自己的接警单（工单）编号，同一编号只受理一次 / the side''s own number: taken in once';
COMMENT ON COLUMN exchange_db.handed_in.jqlyfs IS '[JQLYFS] 来源方式，代码 jqlyfs / channel, code list jqlyfs';
COMMENT ON COLUMN exchange_db.handed_in.sqlx IS '诉求类型，代码 sqlx / type of the matter, code list sqlx';
COMMENT ON COLUMN exchange_db.handed_in.lbdm IS '类别代码：12345 六位，110 八位 / class: 6 digits of 12345, 8 of 110';
COMMENT ON COLUMN exchange_db.handed_in.jqdjdm IS '[JQDJDM] 警情等级 1–5 / level 1–5';
COMMENT ON COLUMN exchange_db.handed_in.xzqhdm IS '[XZQHDM] 行政区划代码 GB/T 2260 / division code, GB/T 2260';
COMMENT ON COLUMN exchange_db.handed_in.bjsj IS '[BJSJ] 来电时间 / call reached the centre';
COMMENT ON COLUMN exchange_db.handed_in.jjsj IS '[JJSJ] 接听时间 / call answered';
COMMENT ON COLUMN exchange_db.handed_in.jjwcsj IS '[JJWCSJ] 接警完成时间 / call ended';
COMMENT ON COLUMN exchange_db.handed_in.jjlyh IS '[JJLYH] 录音号 / recording number';
COMMENT ON COLUMN exchange_db.handed_in.bjdh IS '[BJDH] 来电号码 / number that called';
COMMENT ON COLUMN exchange_db.handed_in.bjrmc IS '[BJRMC] 诉求人姓名 / caller''s name';
COMMENT ON COLUMN exchange_db.handed_in.bjrxbdm IS '[BJRXBDM] 性别 GB/T 2261.1 / sex, GB/T 2261.1';
COMMENT ON COLUMN exchange_db.handed_in.lxdh IS '[LXDH] 联系电话 / contact number';
COMMENT ON COLUMN exchange_db.handed_in.bjdhyhm IS '[BJDHYHM] 机主姓名 / subscriber';
COMMENT ON COLUMN exchange_db.handed_in.bjdhyhdz IS '[BJDHYHDZ] 装机地址 / subscriber''s address';
COMMENT ON COLUMN exchange_db.handed_in.sfbm IS '[SFBM] 是否保密 / confidential';
COMMENT ON COLUMN exchange_db.handed_in.bjdz IS '[BJDZ] 诉求人地址 / caller''s address';
COMMENT ON COLUMN exchange_db.handed_in.jqdz IS '[JQDZ] 事发地址 / place of the incident';
COMMENT ON COLUMN exchange_db.handed_in.jd84 IS '经度 WGS-84 / longitude, WGS-84';
COMMENT ON COLUMN exchange_db.handed_in.wd84 IS '纬度 WGS-84 / latitude, WGS-84';
COMMENT ON COLUMN exchange_db.handed_in.jdgcj IS '经度 GCJ-02 / longitude, GCJ-02';
COMMENT ON COLUMN exchange_db.handed_in.wdgcj IS '纬度 GCJ-02 / latitude, GCJ-02';
COMMENT ON COLUMN exchange_db.handed_in.bjbt IS '标题 / title';
COMMENT ON COLUMN exchange_db.handed_in.bjnr IS '[BJNR] 内容 / content';
COMMENT ON COLUMN exchange_db.handed_in.bkryqksm IS '[BKRYQKSM] 被困人数 / trapped';
COMMENT ON COLUMN exchange_db.handed_in.ssryqksm IS '[SSRYQKSM] 受伤人数 / injured';
COMMENT ON COLUMN exchange_db.handed_in.swryqksm IS '[SWRYQKSM] 死亡人数 / dead';
COMMENT ON COLUMN exchange_db.handed_in.ylbz IS '演练标志，代码 ylbz / drill or test, code list ylbz';
COMMENT ON COLUMN exchange_db.handed_in.zjzx IS '转交给哪个中心，代码 lylx；空为不转交 / hand over to this centre, code list lylx';
COMMENT ON COLUMN exchange_db.handed_in.jjbz IS '紧急标志 / urgent';
COMMENT ON COLUMN exchange_db.handed_in.tszt IS '推送状态：0 未推送 1 已推送 2 已处理 / push state: 0 not pushed, 1 pushed, 2 processed';
COMMENT ON COLUMN exchange_db.handed_in.gdbh IS '本中心工单编号 / the centre''s own number of the order';
COMMENT ON COLUMN exchange_db.handed_in.cwdm IS '错误代码 / error code';
COMMENT ON COLUMN exchange_db.handed_in.cwsm IS '错误说明，中英文 / why, in both languages';
COMMENT ON COLUMN exchange_db.handed_in.clsj IS '处理时间 / processed at';
COMMENT ON COLUMN exchange_db.handed_in.crsj IS '写入时间 / written at';
COMMENT ON COLUMN exchange_db.replies.id IS '行号 / row';
COMMENT ON COLUMN exchange_db.replies.side IS '所属方代码，自动填写 / side, filled in by itself';
COMMENT ON COLUMN exchange_db.replies.xxbh IS '各方自己的消息编号，同一编号只处理一次 / the side''s own number of the message: carried out once';
COMMENT ON COLUMN exchange_db.replies.gdbh IS '本中心工单编号 / the centre''s own number of the order';
COMMENT ON COLUMN exchange_db.replies.xxlx IS '消息类型，代码 xxlx：1 反馈 2 退单 3 回访…… / kind, code list xxlx';
COMMENT ON COLUMN exchange_db.replies.nr IS '内容：答复、理由、步骤等 / words';
COMMENT ON COLUMN exchange_db.replies.cbdw IS '承办单位机构代码 / unit''s org code';
COMMENT ON COLUMN exchange_db.replies.thyy IS '退单原因，代码 thyy / typed reason of a return';
COMMENT ON COLUMN exchange_db.replies.thyj IS '退单依据：事项编号或法律依据 / basis of a return';
COMMENT ON COLUMN exchange_db.replies.sflx IS '是否联系上 / reached';
COMMENT ON COLUMN exchange_db.replies.sfjj IS '是否解决 / solved';
COMMENT ON COLUMN exchange_db.replies.myd IS '满意度：1 满意 2 基本满意 3 不满意 / satisfaction, code list myd';
COMMENT ON COLUMN exchange_db.replies.lbdm IS '类别代码：12345 六位，110 八位 / class: 6 digits of 12345, 8 of 110';
COMMENT ON COLUMN exchange_db.replies.sjdz IS '核实地址 / real place';
COMMENT ON COLUMN exchange_db.replies.sjsj IS '核实时间 / real time';
COMMENT ON COLUMN exchange_db.replies.ssrs IS '受伤人数（核实） / injured, confirmed';
COMMENT ON COLUMN exchange_db.replies.swrs IS '死亡人数（核实） / dead, confirmed';
COMMENT ON COLUMN exchange_db.replies.zjzx IS '转交给哪个中心，代码 lylx；空为不转交 / hand over to this centre, code list lylx';
COMMENT ON COLUMN exchange_db.replies.jjbz IS '紧急标志 / urgent';
COMMENT ON COLUMN exchange_db.replies.tszt IS '推送状态：0 未推送 1 已推送 2 已处理 / push state: 0 not pushed, 1 pushed, 2 processed';
COMMENT ON COLUMN exchange_db.replies.cwdm IS '错误代码 / error code';
COMMENT ON COLUMN exchange_db.replies.cwsm IS '错误说明，中英文 / why, in both languages';
COMMENT ON COLUMN exchange_db.replies.clsj IS '处理时间 / processed at';
COMMENT ON COLUMN exchange_db.replies.crsj IS '写入时间 / written at';
COMMENT ON COLUMN exchange_db.outgoing.id IS '行号 / row';
COMMENT ON COLUMN exchange_db.outgoing.side IS '所属方代码，自动填写 / side, filled in by itself';
COMMENT ON COLUMN exchange_db.outgoing.sjbh IS '事件编号，同一方不重复 / event, once a side';
COMMENT ON COLUMN exchange_db.outgoing.sjlx IS '事件类型，如 order.dispatched / kind of event';
COMMENT ON COLUMN exchange_db.outgoing.fssj IS '发生时间 / happened at';
COMMENT ON COLUMN exchange_db.outgoing.nr IS '内容：答复、理由、步骤等 / words';
COMMENT ON COLUMN exchange_db.outgoing.gdbh IS '本中心工单编号 / the centre''s own number of the order';
COMMENT ON COLUMN exchange_db.outgoing.ssbh IS '诉求编号，各中心相同 / matter id, the same in every centre';
COMMENT ON COLUMN exchange_db.outgoing.jjdbh IS '[JJDBH] 各方自己的接警单（工单）编号，同一编号只受理一次 / the side''s own number: taken in once';
COMMENT ON COLUMN exchange_db.outgoing.gdzt IS '工单状态代码 / status';
COMMENT ON COLUMN exchange_db.outgoing.gdztmc IS '工单状态名称 / name of the status';
COMMENT ON COLUMN exchange_db.outgoing.lylx IS '首接中心，代码 lylx / first receiver, code list lylx';
COMMENT ON COLUMN exchange_db.outgoing.qrbz IS '是否有待本中心接收的转交 / a peer''s offer waits here';
COMMENT ON COLUMN exchange_db.outgoing.cbdw IS '承办单位机构代码 / unit''s org code';
COMMENT ON COLUMN exchange_db.outgoing.jqlyfs IS '[JQLYFS] 来源方式，代码 jqlyfs / channel, code list jqlyfs';
COMMENT ON COLUMN exchange_db.outgoing.sqlx IS '诉求类型，代码 sqlx / type of the matter, code list sqlx';
COMMENT ON COLUMN exchange_db.outgoing.lbdm IS '类别代码：12345 六位，110 八位 / class: 6 digits of 12345, 8 of 110';
COMMENT ON COLUMN exchange_db.outgoing.hdlbdm IS '核定类别代码 / class, confirmed';
COMMENT ON COLUMN exchange_db.outgoing.jqdjdm IS '[JQDJDM] 警情等级 1–5 / level 1–5';
COMMENT ON COLUMN exchange_db.outgoing.xzqhdm IS '[XZQHDM] 行政区划代码 GB/T 2260 / division code, GB/T 2260';
COMMENT ON COLUMN exchange_db.outgoing.jjbz IS '紧急标志 / urgent';
COMMENT ON COLUMN exchange_db.outgoing.xqbz IS '险情标志 / danger';
COMMENT ON COLUMN exchange_db.outgoing.sfbm IS '[SFBM] 是否保密 / confidential';
COMMENT ON COLUMN exchange_db.outgoing.ylbz IS '演练标志，代码 ylbz / drill or test, code list ylbz';
COMMENT ON COLUMN exchange_db.outgoing.bjsj IS '[BJSJ] 来电时间 / call reached the centre';
COMMENT ON COLUMN exchange_db.outgoing.jjsj IS '[JJSJ] 接听时间 / call answered';
COMMENT ON COLUMN exchange_db.outgoing.jjwcsj IS '[JJWCSJ] 接警完成时间 / call ended';
COMMENT ON COLUMN exchange_db.outgoing.jjlyh IS '[JJLYH] 录音号 / recording number';
COMMENT ON COLUMN exchange_db.outgoing.bjdh IS '[BJDH] 来电号码 / number that called';
COMMENT ON COLUMN exchange_db.outgoing.bjrmc IS '[BJRMC] 诉求人姓名 / caller''s name';
COMMENT ON COLUMN exchange_db.outgoing.bjrxbdm IS '[BJRXBDM] 性别 GB/T 2261.1 / sex, GB/T 2261.1';
COMMENT ON COLUMN exchange_db.outgoing.lxdh IS '[LXDH] 联系电话 / contact number';
COMMENT ON COLUMN exchange_db.outgoing.bjdz IS '[BJDZ] 诉求人地址 / caller''s address';
COMMENT ON COLUMN exchange_db.outgoing.jqdz IS '[JQDZ] 事发地址 / place of the incident';
COMMENT ON COLUMN exchange_db.outgoing.jd84 IS '经度 WGS-84 / longitude, WGS-84';
COMMENT ON COLUMN exchange_db.outgoing.wd84 IS '纬度 WGS-84 / latitude, WGS-84';
COMMENT ON COLUMN exchange_db.outgoing.jdgcj IS '经度 GCJ-02 / longitude, GCJ-02';
COMMENT ON COLUMN exchange_db.outgoing.wdgcj IS '纬度 GCJ-02 / latitude, GCJ-02';
COMMENT ON COLUMN exchange_db.outgoing.bjbt IS '标题 / title';
COMMENT ON COLUMN exchange_db.outgoing.bjnr IS '[BJNR] 内容 / content';
COMMENT ON COLUMN exchange_db.outgoing.bkryqksm IS '[BKRYQKSM] 被困人数 / trapped';
COMMENT ON COLUMN exchange_db.outgoing.ssryqksm IS '[SSRYQKSM] 受伤人数 / injured';
COMMENT ON COLUMN exchange_db.outgoing.swryqksm IS '[SWRYQKSM] 死亡人数 / dead';
COMMENT ON COLUMN exchange_db.outgoing.cljg IS '办理结果 / result';
COMMENT ON COLUMN exchange_db.outgoing.sfjj IS '是否解决 / solved';
COMMENT ON COLUMN exchange_db.outgoing.myd IS '满意度：1 满意 2 基本满意 3 不满意 / satisfaction, code list myd';
COMMENT ON COLUMN exchange_db.outgoing.tszt IS '推送状态：0 未推送 1 已推送 2 已处理 / push state: 0 not pushed, 1 pushed, 2 processed';
COMMENT ON COLUMN exchange_db.outgoing.qssj IS '签收时间 / acknowledged at';
COMMENT ON COLUMN exchange_db.outgoing.clsj IS '处理时间 / processed at';
COMMENT ON COLUMN exchange_db.outgoing.crsj IS '写入时间 / written at';
COMMENT ON COLUMN exchange_db.dead_letters.id IS '行号 / row';
COMMENT ON COLUMN exchange_db.dead_letters.side IS '所属方代码，自动填写 / side, filled in by itself';
COMMENT ON COLUMN exchange_db.dead_letters.bm IS '表名 / table';
COMMENT ON COLUMN exchange_db.dead_letters.hh IS '行号 / row';
COMMENT ON COLUMN exchange_db.dead_letters.bh IS '各方的编号 / the side''s number';
COMMENT ON COLUMN exchange_db.dead_letters.cwdm IS '错误代码 / error code';
COMMENT ON COLUMN exchange_db.dead_letters.cwsm IS '错误说明，中英文 / why, in both languages';
COMMENT ON COLUMN exchange_db.dead_letters.cs IS '失败次数 / times refused';
COMMENT ON COLUMN exchange_db.dead_letters.cwsj IS '最近一次失败 / last refused at';
COMMENT ON COLUMN exchange_db.dead_letters.jjsj IS '解决时间 / mended at';
COMMENT ON COLUMN exchange_db.codes.list IS '代码表名 / code list';
COMMENT ON COLUMN exchange_db.codes.code IS '代码 / code';
COMMENT ON COLUMN exchange_db.codes.ours IS '本系统的值 / our value';
COMMENT ON COLUMN exchange_db.codes.name IS '名称 / name';
