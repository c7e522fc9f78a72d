/**
 * Which keywords keepalived has where (2.2.7 to 2.3.4: vrrp_parser.c, init_vrrp_keywords; check_parser.c,
 * init_check_keywords; check_api.c, install_checker_common_keywords; check_http.c, install_http_check_keyword).
 * One that is not listed is ignored by keepalived, which surprises people who copied it from elsewhere.
 */

const words = (text: string): string[] => text.trim().split(/\s+/)

export const VRRP_INSTANCE_KEYWORDS: ReadonlySet<string> = new Set(
  words(`
    use_vmac use_vmac_addr vmac_xmit_base use_ipvlan unicast_peer unicast_fault_no_peer check_unicast_src
    old_unicast_checksum native_ipv6 state interface vrf dont_track_primary track_interface track_script track_file
    track_process track_bfd mcast_src_ip unicast_src_ip mcast_dst_ip track_src_ip virtual_router_id unicast_ttl version
    priority advert_int virtual_ipaddress virtual_ipaddress_excluded no_virtual_ipaddress promote_secondaries
    linkbeat_use_polling virtual_routes virtual_rules accept no_accept skip_check_adv_addr strict_mode preempt nopreempt
    preempt_delay debug notify_backup notify_master notify_fault notify_stop notify_deleted notify
    notify_master_rx_lower_pri smtp_alert notify_priority_changes lvs_sync_daemon_interface garp_master_delay
    garp_master_refresh garp_master_repeat garp_master_refresh_repeat garp_lower_prio_delay garp_lower_prio_repeat
    down_timer_adverts garp_extra_if vmac_garp_intvl lower_prio_no_advert higher_prio_send_advert kernel_rx_buf_size
    authentication owner_ignore_adverts thread_timer_expired timer_expired_backup v3_checksum_as_v2`),
)

export const VIRTUAL_SERVER_KEYWORDS: ReadonlySet<string> = new Set(
  words(`
    ip_family retry delay_before_retry warmup connect_timeout delay_loop inhibit_on_failure lb_algo lvs_sched hashed ops
    flag-1 flag-2 flag-3 sh-port sh-fallback mh-port mh-fallback lb_kind lvs_method persistence_engine
    persistence_timeout persistence_granularity protocol ha_suspend smtp_alert virtualhost snmp_name alpha omega
    quorum_up quorum_down quorum hysteresis weight sorry_server sorry_server_inhibit sorry_server_lvs_method
    real_server`),
)

const checkerKinds = words(`
  HTTP_GET SSL_GET TCP_CHECK UDP_CHECK PING_CHECK SMTP_CHECK DNS_CHECK MISC_CHECK FILE_CHECK BFD_CHECK`)

export const REAL_SERVER_KEYWORDS: ReadonlySet<string> = new Set([
  ...words(`
    weight lvs_method uthreshold lthreshold inhibit_on_failure notify_up notify_down alpha retry delay_before_retry
    warmup connect_timeout delay_loop smtp_alert virtualhost snmp_name`),
  ...checkerKinds,
])

const common = words(`
  connect_ip connect_port bindto bind_port bind_if connect_timeout fwmark retry delay_before_retry warmup delay_loop
  alpha log_all_failures`)

const http = words(`
  nb_get_retry virtualhost http_protocol enable_sni fast_recovery tls_compliant url`)

const perKind: Readonly<Record<string, readonly string[]>> = {
  HTTP_GET: http,
  SSL_GET: http,
  UDP_CHECK: words('payload require_reply min_reply_length max_reply_length'),
  SMTP_CHECK: words('helo_name host'),
  DNS_CHECK: words('type name'),
  MISC_CHECK: words('misc_path misc_timeout misc_dynamic user'),
  FILE_CHECK: words('track_file weight'),
  BFD_CHECK: words('name'),
}

/** The keywords of one kind of checker. */
export function checkerKeywords(kind: string): ReadonlySet<string> {
  return new Set([...common, ...(perKind[kind] ?? [])])
}
